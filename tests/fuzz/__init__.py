"""Random programs: a generator, a checker and a reducer (`python -m tests.fuzz --count N --seed S`)."""
