"""The languages of this installation: which one comes first, and catalogues of the organisation's own."""
