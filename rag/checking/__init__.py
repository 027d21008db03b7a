"""What a language model said, held against the transcripts: its words without markup (said),
figures and dates (figures, placing), what is denied (denial) or only planned (plans), whose words
they are (voices), what refuses (refusal) or orders (orders), and a claim against some sentences
(account, faults, support) or what is said in one go (turns). Pure; rag/written.py puts them
together."""
