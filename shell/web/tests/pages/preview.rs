//! Serves the sample for a while, to be looked at as pictures:
//! `WARD_PREVIEW=600 cargo test -p ward-web --test pages preview -- --ignored --nocapture`.

use ward_access::Role;

use crate::house::House;
use crate::pretty;
use crate::sample::OURS;

#[tokio::test]
#[ignore = "serves until it is stopped"]
async fn preview() {
    let seconds: Option<u64> =
        std::env::var("WARD_PREVIEW").ok().and_then(|text| text.parse().ok());
    let mut houses = Vec::new();
    for full in [true, false] {
        let house = Box::leak(Box::new(House::start().await));
        if full {
            pretty::fill(house).await;
            houses.push(&*house);
        }
        for (role, place) in
            [(Role::Administrator, None), (Role::LocalClerk, Some(OURS)), (Role::Partner, None)]
        {
            let browser = house.person(role.label(), role, place).await;
            println!("preview {full} {role} {} {}", house.address, browser.session().unwrap());
        }
    }
    for _ in 0..seconds.unwrap_or(600) / 5 {
        for house in &houses {
            pretty::beat(house).await;
        }
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    }
}
