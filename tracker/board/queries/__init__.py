"""What the public may see: nothing unpublished, no small number, and never a respondent's words."""
