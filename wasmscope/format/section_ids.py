"""Section ids: their numbers, their names, and the order in which a file must have them."""

CUSTOM_ID, TYPE_ID, IMPORT_ID, FUNCTION_ID, TABLE_ID, MEMORY_ID, GLOBAL_ID, EXPORT_ID = range(8)
START_ID, ELEMENT_ID, CODE_ID, DATA_ID, DATA_COUNT_ID, TAG_ID = range(8, 14)
SECTION_NAMES = (
    "custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data",
    "datacount", "tag",
)  # fmt: skip
"""Name of each section id."""
SECTION_ORDER = (
    TYPE_ID, IMPORT_ID, FUNCTION_ID, TABLE_ID, MEMORY_ID, TAG_ID, GLOBAL_ID, EXPORT_ID, START_ID, ELEMENT_ID,
    DATA_COUNT_ID, CODE_ID, DATA_ID,
)  # fmt: skip
"""The ids that a file must have in this order; custom sections may stand anywhere."""
