"""The guard: the rules of requireCaller, and the text of a refusal."""
