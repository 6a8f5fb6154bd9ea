"""What reads one workbook in a process of its own, under limits: `python -P worker FILE`.

Never imported by the package: a hostile file can exhaust or abort that process without harm to the
other. Its modules import nothing of the package, so as to start fast.
"""
