"""The narrow rule of the style of own words: a model's sentence is one that was spoken, or it is not printed."""
