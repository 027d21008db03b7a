"""What the words of a question say: whom and when it names, where to look, what kind of answer it
wants. Rules, pure; rag/question.py puts them together."""
