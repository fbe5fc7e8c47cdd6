"""Who defines, calls and inherits what: the index's facts about single files, joined across them."""
