"""What the web page does and looks like, apart from gradio; app.py puts the two together."""
