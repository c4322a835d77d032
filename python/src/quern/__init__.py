"""Client of quern, a Spark-shaped data-processing cluster.

    from quern import Client

    with Client("spark://master:7077") as client:
        job = client.submit("SELECT category, avg(value) AS mean FROM input GROUP BY category",
                            tables={"input": [{"category": "A", "value": 1.5}]})
        print(job.rows())
"""

from . import errors
from ._async import AsyncClient
from ._batch import Batch
from ._error import JobTimeoutError, QuernError
from ._info import BadRecord, JobInfo, JobReport, Progress, ReadReport, WorkerInfo
from ._inputs import Table
from ._job import AsyncJob
from ._sync import Client, Job
from ._version import __version__
from .types import DataType, Field, Schema

__all__ = [
    "AsyncClient",
    "AsyncJob",
    "BadRecord",
    "Batch",
    "Client",
    "DataType",
    "Field",
    "Job",
    "JobInfo",
    "JobReport",
    "JobTimeoutError",
    "Progress",
    "QuernError",
    "ReadReport",
    "Schema",
    "Table",
    "WorkerInfo",
    "__version__",
    "errors",
]
