"""What labelled questions say is right, and how near to it answers and passages come;
rag/evaluate.py puts them together."""
