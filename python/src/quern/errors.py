"""Every error class of quern. Made from common/base/errors.def by tools/gen_docs.py."""

from __future__ import annotations

from ._error import QuernError

__all__ = [
    "QuernError",
    "AddressInUseError",
    "AmbiguousReferenceError",
    "ArithmeticOverflowError",
    "CannotDecodeUrlError",
    "ClusterError",
    "DataError",
    "DatabaseError",
    "DatatypeMismatchError",
    "DuplicateColumnError",
    "GroupByPosOutOfRangeError",
    "InputChangedError",
    "InputOutputError",
    "InternalError",
    "InvalidConfValueError",
    "InvalidLiteralError",
    "InvalidOptionError",
    "InvalidParameterValueError",
    "JobCancelledError",
    "MalformedRecordError",
    "MisplacedAggregateError",
    "MissingAggregationError",
    "NoWorkersError",
    "NotFoundError",
    "NumColumnsMismatchError",
    "OrderByPosOutOfRangeError",
    "OutOfMemoryError",
    "ParseSyntaxError",
    "PathAlreadyExistsError",
    "PathNotAllowedError",
    "PathNotFoundError",
    "ProtocolError",
    "ProtocolLimitError",
    "ProtocolVersionError",
    "RecursionLimitError",
    "RejectedError",
    "SchemaChangedError",
    "SqlError",
    "StoreError",
    "TableOrViewAlreadyExistsError",
    "TableOrViewNotFoundError",
    "TaskFailedError",
    "UnableToInferSchemaError",
    "UnreachableError",
    "UnresolvedColumnError",
    "UnresolvedRoutineError",
    "UnresolvedVariableError",
    "UnsupportedDatatypeError",
    "UnsupportedFeatureError",
    "UsageError",
    "WireError",
    "WorkerLostError",
    "WrongNumArgsError",
]


class ClusterError(QuernError):
    """The program, the cluster, or the way there."""


class WireError(QuernError):
    """What was said was not understood."""


class DataError(QuernError):
    """Files and data."""


class SqlError(QuernError):
    """The statement is wrong; classes carry Spark's names."""


class InternalError(ClusterError):
    """Internal error."""

    error_class = "INTERNAL"
    code = 1
    retryable = False
    exit_status = 1


class UsageError(ClusterError):
    """Wrong command line."""

    error_class = "USAGE"
    code = 2
    retryable = False
    exit_status = 2


class InvalidConfValueError(ClusterError):
    """Bad value of a setting."""

    error_class = "INVALID_CONF_VALUE"
    code = 3
    retryable = False
    exit_status = 2


class OutOfMemoryError(ClusterError):
    """Memory budget exceeded."""

    error_class = "OUT_OF_MEMORY"
    code = 4
    retryable = True
    exit_status = 1


class JobCancelledError(ClusterError):
    """Cancelled."""

    error_class = "CANCELLED"
    code = 5
    retryable = False
    exit_status = 130


class UnreachableError(ClusterError):
    """Cluster unreachable."""

    error_class = "UNREACHABLE"
    code = 6
    retryable = True
    exit_status = 3


class AddressInUseError(ClusterError):
    """Address in use."""

    error_class = "ADDRESS_IN_USE"
    code = 7
    retryable = False
    exit_status = 1


class NoWorkersError(ClusterError):
    """No workers."""

    error_class = "NO_WORKERS"
    code = 8
    retryable = False
    exit_status = 1


class WorkerLostError(ClusterError):
    """Worker lost."""

    error_class = "WORKER_LOST"
    code = 9
    retryable = True
    exit_status = 1


class TaskFailedError(ClusterError):
    """Task failed too often."""

    error_class = "TASK_FAILED"
    code = 10
    retryable = False
    exit_status = 1


class RejectedError(ClusterError):
    """Refused by the peer."""

    error_class = "REJECTED"
    code = 11
    retryable = False
    exit_status = 1


class NotFoundError(ClusterError):
    """No such thing."""

    error_class = "NOT_FOUND"
    code = 12
    retryable = False
    exit_status = 1


class StoreError(ClusterError):
    """Job store failed."""

    error_class = "STORE"
    code = 13
    retryable = False
    exit_status = 1


class DatabaseError(ClusterError):
    """Database failed."""

    error_class = "DATABASE"
    code = 14
    retryable = True
    exit_status = 1


class ProtocolError(WireError):
    """Malformed message."""

    error_class = "PROTOCOL"
    code = 20
    retryable = False
    exit_status = 1


class ProtocolVersionError(WireError):
    """Protocol version not understood."""

    error_class = "PROTOCOL_VERSION"
    code = 21
    retryable = False
    exit_status = 3


class ProtocolLimitError(WireError):
    """Message exceeds a limit."""

    error_class = "PROTOCOL_LIMIT"
    code = 22
    retryable = False
    exit_status = 1


class PathNotFoundError(DataError):
    """Path does not exist."""

    error_class = "PATH_NOT_FOUND"
    code = 40
    retryable = False
    exit_status = 1


class InputOutputError(DataError):
    """Input/output error."""

    error_class = "IO"
    code = 41
    retryable = True
    exit_status = 1


class PathAlreadyExistsError(DataError):
    """Output exists."""

    error_class = "PATH_ALREADY_EXISTS"
    code = 42
    retryable = False
    exit_status = 1


class MalformedRecordError(DataError):
    """Malformed record."""

    error_class = "MALFORMED_RECORD"
    code = 43
    retryable = False
    exit_status = 1


class UnableToInferSchemaError(DataError):
    """Cannot infer a schema."""

    error_class = "UNABLE_TO_INFER_SCHEMA"
    code = 44
    retryable = False
    exit_status = 1


class InvalidOptionError(DataError):
    """Bad reader or writer option."""

    error_class = "INVALID_OPTION"
    code = 45
    retryable = False
    exit_status = 1


class InputChangedError(DataError):
    """Input changed while it was read."""

    error_class = "INPUT_CHANGED"
    code = 46
    retryable = False
    exit_status = 1


class SchemaChangedError(DataError):
    """The data has another schema than its sample (the job is planned anew)."""

    error_class = "SCHEMA_CHANGED"
    code = 47
    retryable = False
    exit_status = 1


class PathNotAllowedError(DataError):
    """Path outside the allowed roots."""

    error_class = "PATH_NOT_ALLOWED"
    code = 48
    retryable = False
    exit_status = 1


class ParseSyntaxError(SqlError):
    """Syntax error."""

    error_class = "PARSE_SYNTAX_ERROR"
    code = 100
    retryable = False
    exit_status = 1


class UnsupportedFeatureError(SqlError):
    """Not supported."""

    error_class = "UNSUPPORTED_FEATURE"
    code = 101
    retryable = False
    exit_status = 1


class UnresolvedColumnError(SqlError):
    """Unknown column."""

    error_class = "UNRESOLVED_COLUMN"
    code = 102
    retryable = False
    exit_status = 1


class UnresolvedRoutineError(SqlError):
    """Unknown function."""

    error_class = "UNRESOLVED_ROUTINE"
    code = 103
    retryable = False
    exit_status = 1


class TableOrViewNotFoundError(SqlError):
    """Unknown table or view."""

    error_class = "TABLE_OR_VIEW_NOT_FOUND"
    code = 104
    retryable = False
    exit_status = 1


class DatatypeMismatchError(SqlError):
    """Wrong types."""

    error_class = "DATATYPE_MISMATCH"
    code = 105
    retryable = False
    exit_status = 1


class WrongNumArgsError(SqlError):
    """Wrong number of arguments."""

    error_class = "WRONG_NUM_ARGS"
    code = 106
    retryable = False
    exit_status = 1


class AmbiguousReferenceError(SqlError):
    """Ambiguous name."""

    error_class = "AMBIGUOUS_REFERENCE"
    code = 107
    retryable = False
    exit_status = 1


class GroupByPosOutOfRangeError(SqlError):
    """GROUP BY position out of range."""

    error_class = "GROUP_BY_POS_OUT_OF_RANGE"
    code = 108
    retryable = False
    exit_status = 1


class OrderByPosOutOfRangeError(SqlError):
    """ORDER BY position out of range."""

    error_class = "ORDER_BY_POS_OUT_OF_RANGE"
    code = 109
    retryable = False
    exit_status = 1


class MissingAggregationError(SqlError):
    """Column is neither grouped nor aggregated."""

    error_class = "MISSING_AGGREGATION"
    code = 110
    retryable = False
    exit_status = 1


class MisplacedAggregateError(SqlError):
    """Aggregate or window function in the wrong place."""

    error_class = "MISPLACED_AGGREGATE"
    code = 111
    retryable = False
    exit_status = 1


class NumColumnsMismatchError(SqlError):
    """Different numbers of columns."""

    error_class = "NUM_COLUMNS_MISMATCH"
    code = 112
    retryable = False
    exit_status = 1


class TableOrViewAlreadyExistsError(SqlError):
    """View exists."""

    error_class = "TABLE_OR_VIEW_ALREADY_EXISTS"
    code = 113
    retryable = False
    exit_status = 1


class InvalidLiteralError(SqlError):
    """Bad literal."""

    error_class = "INVALID_LITERAL"
    code = 114
    retryable = False
    exit_status = 1


class UnsupportedDatatypeError(SqlError):
    """Unknown type."""

    error_class = "UNSUPPORTED_DATATYPE"
    code = 115
    retryable = False
    exit_status = 1


class UnresolvedVariableError(SqlError):
    """Unknown variable."""

    error_class = "UNRESOLVED_VARIABLE"
    code = 116
    retryable = False
    exit_status = 1


class RecursionLimitError(SqlError):
    """Nested too deeply."""

    error_class = "RECURSION_LIMIT"
    code = 117
    retryable = False
    exit_status = 1


class InvalidParameterValueError(SqlError):
    """Bad argument."""

    error_class = "INVALID_PARAMETER_VALUE"
    code = 118
    retryable = False
    exit_status = 1


class DuplicateColumnError(SqlError):
    """Column appears twice."""

    error_class = "DUPLICATE_COLUMN"
    code = 119
    retryable = False
    exit_status = 1


class ArithmeticOverflowError(SqlError):
    """Arithmetic overflow."""

    error_class = "ARITHMETIC_OVERFLOW"
    code = 120
    retryable = False
    exit_status = 1


class CannotDecodeUrlError(SqlError):
    """Bad URL encoding."""

    error_class = "CANNOT_DECODE_URL"
    code = 121
    retryable = False
    exit_status = 1


BY_CODE: dict[int, type[QuernError]] = {
    1: InternalError,
    2: UsageError,
    3: InvalidConfValueError,
    4: OutOfMemoryError,
    5: JobCancelledError,
    6: UnreachableError,
    7: AddressInUseError,
    8: NoWorkersError,
    9: WorkerLostError,
    10: TaskFailedError,
    11: RejectedError,
    12: NotFoundError,
    13: StoreError,
    14: DatabaseError,
    20: ProtocolError,
    21: ProtocolVersionError,
    22: ProtocolLimitError,
    40: PathNotFoundError,
    41: InputOutputError,
    42: PathAlreadyExistsError,
    43: MalformedRecordError,
    44: UnableToInferSchemaError,
    45: InvalidOptionError,
    46: InputChangedError,
    47: SchemaChangedError,
    48: PathNotAllowedError,
    100: ParseSyntaxError,
    101: UnsupportedFeatureError,
    102: UnresolvedColumnError,
    103: UnresolvedRoutineError,
    104: TableOrViewNotFoundError,
    105: DatatypeMismatchError,
    106: WrongNumArgsError,
    107: AmbiguousReferenceError,
    108: GroupByPosOutOfRangeError,
    109: OrderByPosOutOfRangeError,
    110: MissingAggregationError,
    111: MisplacedAggregateError,
    112: NumColumnsMismatchError,
    113: TableOrViewAlreadyExistsError,
    114: InvalidLiteralError,
    115: UnsupportedDatatypeError,
    116: UnresolvedVariableError,
    117: RecursionLimitError,
    118: InvalidParameterValueError,
    119: DuplicateColumnError,
    120: ArithmeticOverflowError,
    121: CannotDecodeUrlError,
}
