"""Pure study: frames in, frozen results out; never a path, a plot or a print."""
