"""The page's tabs: gradio's components and how clicks travel between them. app.py puts them
together; what they show and do is page/'s, which knows no gradio."""
