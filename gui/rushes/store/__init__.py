"""Everything that survives a restart, in one SQLite file (reliability 2).

`store` is the door; `tables` speaks SQL, `rows` knows how values lie in it, `schema` how the
tables came to be, `listing` which rows there are (`list_tables` what that is read from, `finding`
what a search means), `reader` how to look without waiting for the writer; `opening`, `backups`
and `safety` how the file stays whole, `rescue` and `wal` what is left of one that is not.
"""

from rushes.store.errors import StoreError, StoreInUse, StoreTooNew
from rushes.store.opening import OpenReport
from rushes.store.reader import Ask, beside, read_accounts, read_list
from rushes.store.store import Store

__all__ = [
    "Ask",
    "OpenReport",
    "Store",
    "StoreError",
    "StoreInUse",
    "StoreTooNew",
    "beside",
    "read_accounts",
    "read_list",
]
