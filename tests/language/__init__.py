"""Programs that depend on what Python says of names, containers, objects and control flow."""
