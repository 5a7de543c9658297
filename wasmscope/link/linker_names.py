"""Names of symbols that the linker makes, or treats unlike others of their kind."""

CALL_CTORS, CALL_DTORS, INIT_TLS = "__wasm_call_ctors", "__wasm_call_dtors", "__wasm_init_tls"
STACK_POINTER, TLS_BASE = "__stack_pointer", "__tls_base"
DATA_END, HEAP_BASE = "__data_end", "__heap_base"
FUNCTION_TABLE = "__indirect_function_table"
