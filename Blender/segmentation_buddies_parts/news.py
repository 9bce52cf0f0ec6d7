"""What the panel tells of the last click. Of the session and not of the file, so it is no property."""

#: `sure`, `unsure`, `none`, or "" for neither.
grade = ""
#: A sentence.
verdict = ""
#: How far the work is, while there is any.
progress = ""
