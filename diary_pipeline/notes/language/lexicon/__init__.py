"""The words that the rules of `notes` ask for: one topic a file, each list once, under a term of grammar or meaning.

Edit the words here; the rules (`language`, `evidence`, `extract`) only name a list. A list that shares words with
another one is built from it by set algebra (`A | B`, `A - B`); `tests/test_lexicon.py` finds two that are nearly one.
English, but for `languages.py`. `synonyms.txt` and `given_names.txt` are read as they are.
"""
