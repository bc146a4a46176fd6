//! `ward serve`: the desk's words on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::help;

/// `ward serve`.
#[derive(Args, Clone, Debug)]
pub struct Serve {
    /// The folder of the desk: store, keys, certificates, history [default: ward-data]
    #[arg(long, value_name = "DIR", env = "WARD_DATA_DIR", help_heading = help::KEEP)]
    pub data: Option<PathBuf>,

    /// Keep everything in PostgreSQL in place of the folder's own store
    ///
    /// A URL such as postgres://ward@db.example/ward. The folder still holds keys, certificates and
    /// history. A password belongs in PGPASSFILE or in WARD_STORE, not on a command line that
    /// everybody on the machine can read.
    #[arg(long, value_name = "URL", env = "WARD_STORE", hide_env_values = true,
          help_heading = help::KEEP)]
    pub store: Option<String>,

    /// Settings of the office and the desk [default: ward.toml in the folder, if it is there]
    #[arg(long, value_name = "FILE", help_heading = help::KEEP)]
    pub config: Option<PathBuf>,

    /// Where to listen [default: 127.0.0.1:8443]
    ///
    /// 0.0.0.0:8443 to be reached from other machines.
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = help::REACH)]
    pub listen: Option<SocketAddr>,

    /// The name by which browsers and sensors reach the desk; can be given several times
    ///
    /// The first is the one that links are made with. All of them stand in the certificate.
    #[arg(long, value_name = "HOST", help_heading = help::REACH)]
    pub name: Vec<String>,

    /// A certificate of your own, PEM, with its chain [default: made by the desk's own authority]
    #[arg(long, value_name = "FILE", requires = "key", help_heading = help::REACH)]
    pub certificate: Option<PathBuf>,

    /// The key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "certificate", help_heading = help::REACH)]
    pub key: Option<PathBuf>,

    /// Speak plain HTTP, on a loopback address only: for a proxy in front that speaks TLS
    #[arg(long, conflicts_with_all = ["certificate", "key"], help_heading = help::REACH)]
    pub plain: bool,

    /// What browsers see before the path, when a proxy stands in front: https://desk.example
    #[arg(long, value_name = "URL", help_heading = help::REACH)]
    pub origin: Option<String>,

    /// Show it with made-up people and the recorded attacks of samples/, arriving now
    ///
    /// Uses a new temporary folder unless --data names one. Everything in it is plainly an example.
    #[arg(long, help_heading = help::LOOK)]
    pub demo: bool,

    /// Run the desk of an exercise: a world of its own, made by `ward exercise begin`
    ///
    /// Its folder is ward-exercise and its address 127.0.0.1:9443 unless told otherwise. A folder or
    /// a database of the real desk is refused, and the real desk refuses those of an exercise.
    #[arg(long, conflicts_with = "demo", help_heading = help::LOOK)]
    pub exercise: bool,

    /// Log as JSON lines
    #[arg(long, help_heading = help::LOOK)]
    pub log_json: bool,
}
