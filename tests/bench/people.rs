//! Participants like those of the sample responses, with values that vary as real ones do.

use serde_json::{Value, json};

const NAMES: [&str; 8] = [
    "Mark",
    "Henry",
    "Zoë Müller",
    "Robert \"Bob\" Martin",
    "山田 太郎",
    "Ana María de la Cruz Hernández",
    "Siân O'Neill",
    "Guest",
];
const PRESETS: [&str; 3] = ["webinar_participant", "group_call_participant", "group_call_host"];
const EVENTS: [&str; 3] = ["PEER_CREATED", "PEER_JOINING", "PEER_LEAVING"];
const VIEWS: [&str; 3] = ["WEBINAR", "GROUP_CALL", "LIVESTREAM"];

/// Random numbers, the same in every run: splitmix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len() as u64) as usize]
    }

    fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let (one, two, three) = (high >> 32, (high >> 16) & 0xffff, high & 0xfff);
        let (four, five) = ((low >> 48) & 0x3fff | 0x8000, low & 0xffff_ffff_ffff);
        format!("{one:08x}-{two:04x}-4{three:03x}-{four:04x}-{five:012x}")
    }

    fn timestamp(&mut self) -> String {
        let [hour, minute, second, milli] = [24, 60, 60, 1000].map(|end| self.below(end));
        format!("2023-02-01T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
    }

    /// With all the digits that a double can have.
    fn minutes(&mut self) -> f64 {
        self.below(1 << 53) as f64 / (1u64 << 53) as f64 * 90.0
    }
}

/// With three events, if any, that hold every field that is documented.
pub fn participant(random: &mut Random, peer_events: bool) -> Value {
    let id = random.uuid();
    let mut participant = json!({
        "created_at": random.timestamp(),
        "custom_participant_id": format!("{:06x}", random.below(1 << 24)),
        "display_name": random.pick(&NAMES),
        "duration": random.minutes(),
        "id": id,
        "joined_at": random.timestamp(),
        "left_at": random.timestamp(),
        "preset_name": random.pick(&PRESETS),
        "updated_at": random.timestamp(),
        "user_id": random.uuid(),
    });
    if peer_events {
        participant["peer_events"] = EVENTS.iter().map(|name| event(random, name, &id)).collect();
    }
    participant
}

fn event(random: &mut Random, name: &str, peer_id: &str) -> Value {
    json!({
        "created_at": random.timestamp(),
        "event_name": name,
        "id": random.uuid(),
        "minutes_consumed": random.minutes(),
        "participant_id": random.uuid(),
        "peer_id": peer_id,
        "preset_view_type": random.pick(&VIEWS),
        "session_id": random.uuid(),
        "socket_session_id": random.uuid(),
        "updated_at": random.timestamp(),
    })
}
