"""What a language model said, held against the transcripts: its words without markup (said),
figures and dates (figures), what is denied (denial), whose words they are (voices), and a claim
against a sentence (support). Pure; rag/written.py puts them together."""
