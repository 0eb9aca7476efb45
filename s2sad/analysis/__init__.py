"""Facts about a program; nothing in this package changes one."""
