//! Log files handed in by hand: the same one twice, what is too long, what is no log.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use ward_access::Role;
use ward_store::{batch, sensors};

use crate::check;
use crate::house::House;
use crate::raw;
use crate::sample::{OURS, THEIRS};

fn lines(count: u8) -> String {
    let line = |minute| {
        format!(
            "2026-11-03T14:{minute:02}:01Z web1 sshd[811]: Failed password for root from 192.0.2.7 \
             port 4 ssh2\n"
        )
    };
    (0..count).map(line).collect()
}

fn packed(bytes: &[u8], times: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    (0..times).for_each(|_| packer.write_all(bytes).unwrap());
    packer.finish().unwrap()
}

#[tokio::test]
async fn the_same_file_comes_in_once() {
    let house = House::start().await;
    let mut clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let text = lines(30);
    let first = raw::upload(&house, &clerk, OURS, "auth.log", text.as_bytes()).await;
    first.is(200).says("The file is taken in").says("Read as").says("system log (syslog)");
    first.says("30 records").says("From").says("To");
    let again = raw::upload(&house, &clerk, OURS, "auth.log", text.as_bytes()).await;
    again.is(200).says("This file is there already");
    check::page(&again.body).unwrap();
    // By another name, and packed: it is the same file.
    let other = raw::upload(&house, &clerk, OURS, "b.gz", &packed(text.as_bytes(), 1)).await;
    other.is(200).says("This file is there already").says("auth.log");
    let more = raw::upload(&house, &clerk, OURS, "auth.log", lines(31).as_bytes()).await;
    more.is(200).says("The file is taken in");
    let lead = house.person("A lead", Role::Lead, None).await;
    let theirs = raw::upload(&house, &lead, THEIRS, "auth.log", text.as_bytes()).await;
    theirs.is(200).says("The file is taken in");
    let place = format!("upload-{OURS}");
    assert_eq!(house.acts("records.upload", &place).await, 2, "a row for each that came in");
    let mut read = house.desk.store.read().await.unwrap();
    let sensor = sensors::by_id(read.link(), &place).await.unwrap().unwrap();
    assert_eq!((sensor.records, sensor.sequence), (61, 2));
    assert_eq!(batch::after(read.link(), 0, 10).await.unwrap().len(), 3);
    drop(read);
    clerk.get(&format!("/sensors/{place}")).await.is(200).says("auth.log");
}

#[tokio::test]
async fn two_at_once_are_one() {
    let house = House::start().await;
    let clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let text = lines(20);
    let send = || raw::upload(&house, &clerk, OURS, "auth.log", text.as_bytes());
    let (one, two) = tokio::join!(send(), send());
    let taken = [&one, &two].iter().filter(|page| page.body.contains("is taken in")).count();
    assert_eq!(taken, 1);
    let mut read = house.desk.store.read().await.unwrap();
    assert_eq!(batch::after(read.link(), 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_too_long_or_broken_is_refused_with_why() {
    let house = House::start().await;
    let clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let long = vec![b'\n'; 31_000_000];
    let answer = raw::upload(&house, &clerk, OURS, "long.log", &long).await;
    assert!(matches!(answer.status.as_u16(), 413 | 422), "{}", answer.status);
    let text = lines(60);
    let block = [vec![b'x'; (1 << 20) - 1], b"\n".to_vec()].concat();
    let bomb = packed(&block, 257);
    assert!(bomb.len() < 1 << 20, "a small file that unpacks to 257 MiB");
    let answer = raw::upload(&house, &clerk, OURS, "bomb.gz", &bomb).await;
    answer.is(422).says("longer than is taken at once");
    let half = packed(text.as_bytes(), 50);
    let answer = raw::upload(&house, &clerk, OURS, "half.gz", &half[..half.len() - 9]).await;
    answer.is(422).says("gzip cannot unpack it");
    let mut read = house.desk.store.read().await.unwrap();
    assert!(batch::after(read.link(), 0, 10).await.unwrap().is_empty(), "nothing of it came in");
    assert!(house.audited().await.is_empty());
}

#[tokio::test]
async fn what_is_no_log_is_kept_and_said() {
    let house = House::start().await;
    let clerk = house.person("A clerk", Role::LocalClerk, Some(OURS)).await;
    let page = raw::upload(&house, &clerk, OURS, "notes.txt", b"the quick brown fox\n").await;
    page.is(200).says("does not know this kind of log");
    check::page(&page.body).unwrap();
}
