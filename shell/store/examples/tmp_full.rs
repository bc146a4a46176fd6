#![allow(warnings)]
use ward_kernel::Time;
use ward_store::batch::*;
use ward_store::inbox::*;
use ward_store::sensors::*;
use ward_store::*;
#[tokio::main]
async fn main() {
    let place = std::env::args().nth(1).unwrap();
    let ballast = format!("{place}/ballast");
    let store = Store::open_folder(std::path::Path::new(&format!("{place}/desk"))).await.unwrap();
    store.migrate().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    office::set_jurisdictions(tx.link(), &[]).await.unwrap();
    for n in 0..4u8 {
        sensors::add_code(
            tx.link(),
            &Enrolment {
                id: format!("e{n}"),
                hash: vec![n; 32],
                name: "x".into(),
                jurisdiction: "state-office".into(),
                made_by: "x".into(),
                created: Time::from_secs(0),
                expires: Time::from_secs(9),
                used: None,
                sensor: None,
            },
        )
        .await
        .unwrap();
        sensors::enrol(tx.link(), &[n; 32], &format!("n-{n}"), &[0; 32], Time::from_secs(1))
            .await
            .unwrap();
    }
    tx.commit(Audit::Machine).await.unwrap();
    let (inbox, _w) = Inbox::start(store.clone()).await.unwrap();
    let mut all = vec![];
    for n in 0..4u8 {
        let inbox = inbox.clone();
        all.push(tokio::spawn(async move {
            let mut held = 0u64;
            let (mut ok, mut no, mut after) = (0, 0, 0);
            let mut last = String::new();
            let end = std::time::Instant::now() + std::time::Duration::from_secs(12);
            while std::time::Instant::now() < end {
                let body = vec![n; 20_000];
                let b = Incoming {
                    sequence: held + 1,
                    stream: "s".into(),
                    generation: 1,
                    format: String::new(),
                    base: held * 20000,
                    length: 20000,
                    records: 1,
                    sha256: [0; 32],
                    body,
                    head: vec![],
                };
                match inbox
                    .take(Parcel {
                        sensor: format!("n-{n}"),
                        batches: vec![b],
                        told: Told::default(),
                        received: Time::from_secs(5),
                    })
                    .await
                {
                    Ok(Held::Through(h)) => {
                        assert_eq!(h, held + 1);
                        held = h;
                        ok += 1;
                        if no > 0 {
                            after += 1
                        }
                    }
                    Err(e) => {
                        no += 1;
                        last = format!("{e:?}");
                        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                    }
                    o => panic!("{o:?}"),
                }
            }
            println!("n-{n}: taken {ok} refused {no} taken after a refusal {after} last: {last}");
            held
        }));
    }
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    println!("ballast goes: {:?}", std::fs::remove_file(&ballast));
    let mut held = vec![];
    for a in all {
        held.push(a.await.unwrap());
    }
    let mut read = store.read().await.unwrap();
    for s in sensors::list(read.link(), None).await.unwrap() {
        println!("{} {}", s.id, s.sequence);
    }
    println!(
        "held {held:?} sum {} position {}",
        held.iter().sum::<u64>(),
        batch::last_position(read.link()).await.unwrap()
    );
    drop(read);
    println!("{:?}", check::check(&store, check::Depth::Usual).await);
}
