"""What the reader reads with: the network and its weights, and signs said in words; rag/read.py
puts them together."""
