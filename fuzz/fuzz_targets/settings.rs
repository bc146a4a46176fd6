//! `ward.toml`: read into types or refused with one sentence; one that was found among the logs
//! never makes the judgement milder.
#![no_main]
#![allow(dead_code, unused_imports)]

// By these names the settings of the house know the settings of its rooms.
extern crate self as ward_oidc;
extern crate self as ward_sense;
extern crate self as ward_store;

#[path = "../../shell/oidc/src/settings.rs"]
mod provider;
#[path = "../../shell/oidc/src/reach.rs"]
mod reach;
#[path = "../../shell/sense/src/settings.rs"]
mod sensor;
#[path = "../../shell/ward/src"]
mod ward {
    pub(crate) mod settings;
}
#[path = "../../shell/ward/src/page"]
mod page {
    pub(crate) mod text;
}

/// Stands for the store's, which no settings are read by.
pub mod stream {
    #[derive(Clone, Debug, Default)]
    pub struct Source {
        pub sensor: String,
        pub sensor_name: String,
        pub jurisdiction: String,
        pub stream: String,
    }
}

/// Stands for the store's.
pub mod retention {
    pub struct Sweeper(pub Vec<u32>);

    impl Sweeper {
        pub fn new(
            days: impl IntoIterator<Item = u32>,
            _of: impl Fn(&super::stream::Source) -> u32 + Send + Sync + 'static,
        ) -> Self {
            Self(days.into_iter().collect())
        }
    }
}

pub use provider::Settings;
pub use sensor::DoorSettings;
use ward::settings::{Settings as House, sensor_name};
use ward_watch::Config;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let settings = match House::parse(&text, "ward.toml") {
        Ok(settings) => settings,
        Err(why) => {
            assert!(why.starts_with("ward.toml") && !why.contains('\n'), "one sentence: {why}");
            return;
        }
    };
    let config = settings.to_config(None, 7);
    assert!((0.0..=1.0).contains(&config.coverage_at_least));
    assert!(config.authorised.iter().all(|test| test.window.from <= test.window.to));
    assert!(config.calendar.iter().all(|window| window.from <= window.to));
    let _ = settings.sensor_of(&text);
    let name = sensor_name(&text);
    assert_eq!(sensor_name(&name), name, "a sensor's name names itself");

    let days = settings.desk.sweeper().0;
    for stream in ["/var/log/auth.log", &text] {
        let source = stream::Source { stream: stream.to_owned(), ..stream::Source::default() };
        assert!(days.contains(&settings.desk.days_of(&source)));
    }
    assert!(
        settings.desk.keep.is_empty() || settings.desk.kept().len() == settings.desk.keep.len()
    );

    let mut found = settings;
    found.restrain(std::path::Path::new("/nowhere"));
    assert!(
        found.restrain(std::path::Path::new("/nowhere")).is_empty(),
        "nothing is left to refuse"
    );
    let found = found.to_config(None, 7);
    assert!(found.coverage_at_least >= Config::default().coverage_at_least);
    assert!(found.trusted_proxies.iter().all(|net| net.bits() >= 24));
});
