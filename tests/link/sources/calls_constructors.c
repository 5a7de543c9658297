// flags: -O0 -g | -O2 -g0 | -Os -gdwarf-4 -fvisibility=default
extern void __wasm_call_ctors(void);
void _start(void) { __wasm_call_ctors(); }
