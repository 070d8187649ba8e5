"""Run placement studies from Python: the same steps that the command line calls.

>>> from geo.study import load_study, run_study
>>> study = load_study("studies/steppe")                      # doctest: +SKIP
>>> for result in run_study(study):                           # doctest: +SKIP
...     print(result.unit_id, len(result.tables["recommendations"]))
"""

from geo.study.load import StudyData, load_study
from geo.study.result import StudyResult
from geo.study.run import run_study

__all__ = ["StudyData", "StudyResult", "load_study", "run_study"]
