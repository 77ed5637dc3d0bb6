"""The platforms: one folder each, all of them with files of the same names."""
