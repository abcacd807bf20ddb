"""The story of labeling on a real site while something dies every few seconds."""
