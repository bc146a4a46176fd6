//! The binary `ward`; everything it does is in the library beside it.

fn main() -> std::process::ExitCode {
    ward::cli::main()
}
