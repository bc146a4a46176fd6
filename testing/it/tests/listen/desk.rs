//! A desk that listens: started on ports of the machine's choice, and looked into.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ward_access::missouri;
use ward_it::{Running, binary};
use ward_kernel::Time;
use ward_store::sensors::Sensor;
use ward_store::{Audit, Store, batch, cases, meta, office, sensors, stream};

/// A desk's folder.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    starts: usize,
}

impl Desk {
    /// An office that is set up, with settings that listen on ports of the machine's choice.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let desk = Self { folder, starts: 0 };
        fs::create_dir(desk.path()).expect("a folder");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(desk.path(), private).expect("a folder of one's own");
        desk.settings(
            "[desk.syslog]\nudp = \"127.0.0.1:0\"\ntcp = \"127.0.0.1:0\"\ntls = \"127.0.0.1:0\"\n\
             [desk.netflow]\nudp = \"127.0.0.1:0\"\n",
        );
        desk.on_store(async |store| {
            store.migrate().await.expect("the tables are made");
            let mut tx = store.begin().await.expect("a transaction");
            office::set_jurisdictions(tx.link(), &missouri()).await.expect("jurisdictions");
            meta::set(tx.link(), office::SETUP_DONE, "1").await.expect("set up");
            tx.commit(Audit::Machine).await.expect("committed");
        });
        desk
    }

    /// Writes `ward.toml`.
    pub(crate) fn settings(&self, text: &str) {
        fs::write(self.path().join("ward.toml"), text).expect("settings");
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("desk")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join(format!("log-{}.txt", self.starts))
    }

    /// What it said since its last start.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(self.path());
        command
    }

    /// Starts it; it is there when it has said where it listens.
    pub(crate) fn start(&mut self) -> (Running, BTreeMap<String, SocketAddr>) {
        self.starts += 1;
        let running = Running::start(self.command(), &self.log());
        let at = self.wait("it says where it listens", |desk| {
            let said = desk.said();
            let line =
                said.lines().find_map(|line| line.strip_prefix("It receives records itself: "))?;
            let one = |name: &str| {
                let (kind, at) = name.rsplit_once(' ')?;
                Some((kind.to_owned(), at.parse().ok()?))
            };
            line.split(", ").map(one).collect()
        });
        (running, at)
    }

    /// Waits until something is there.
    pub(crate) fn wait<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(Instant::now() < until, "{what}; it said:\n{}", self.said());
            sleep(Duration::from_millis(100));
        }
    }

    /// Runs something on the store.
    pub(crate) fn on_store<T>(&self, act: impl AsyncFnOnce(&Store) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let place = self.path().display().to_string();
            let store = Store::open(&place).await.expect("the store opens");
            let done = act(&store).await;
            store.close().await;
            done
        })
    }

    /// The desk's own sensor, once there is one.
    pub(crate) fn own(&self) -> Option<Sensor> {
        self.on_store(async |store| {
            let mut read = store.read().await.expect("the store can be read");
            sensors::by_id(read.link(), sensors::OWN).await.expect("a sensor or none")
        })
    }

    /// What is held, by stream: its name, and the bytes of all its generations.
    pub(crate) fn held(&self) -> BTreeMap<String, Vec<u8>> {
        self.on_store(async |store| {
            let mut read = store.read().await.expect("the store can be read");
            let streams = stream::list(read.link(), None, 1000).await.expect("streams");
            let names: BTreeMap<i64, String> =
                streams.into_iter().map(|stream| (stream.id, stream.name)).collect();
            let (mut held, mut position) = (BTreeMap::<String, Vec<u8>>::new(), 0);
            loop {
                let batches = batch::after(read.link(), position, 100).await.expect("batches");
                let Some(last) = batches.last() else { return held };
                position = last.position;
                for kept in &batches {
                    let bytes = held.entry(names[&kept.stream].clone()).or_default();
                    let body = flate2::read::GzDecoder::new(kept.body.as_slice());
                    body.take(64 << 20).read_to_end(bytes).expect("a batch is whole");
                }
            }
        })
    }

    /// Kinds of the state's open cases.
    pub(crate) fn cases(&self) -> Vec<String> {
        self.on_store(async |store| {
            let mut read = store.read().await.expect("the store can be read");
            let all = cases::of_all_scopes(read.link(), Time::from_secs(0)).await.expect("cases");
            all.into_iter()
                .filter(|case| case.scope == ward_live::STATE)
                .map(|case| case.kind)
                .collect()
        })
    }
}

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    i64::try_from(since.as_secs()).expect("this century")
}

/// How much memory a process holds, in mebibytes.
pub(crate) fn memory_mib(process: u32) -> u64 {
    let status = fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"));
    let status = status.expect("the process runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its memory");
    let kib: u64 = line.trim().trim_end_matches(" kB").trim().parse().expect("a number");
    kib / 1024
}
