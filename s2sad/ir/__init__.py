"""The elementary form: a small structured SSA over single-operation statements."""
