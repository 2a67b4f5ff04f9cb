//! Cargo's runner for wasm tests: `wasm-bindgen-test-runner`, without an installed tool.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
