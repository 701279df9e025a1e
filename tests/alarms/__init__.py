"""Plays, for each alarm of the bridge, a situation in which it is raised."""
