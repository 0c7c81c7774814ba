//! "Complete, or an error" on random lists: what comes is the exact list or an error, whatever the server and the
//! network do.
//!
//! "Exact" means everybody whom the list had when its last page was served, each of them once.
//!
//! The promise is for lists that nobody is removed from, so nobody is. Each [`Kind`] allows what can be noticed there:
//!
//! - In one run every row is known again. So rows may come in any order, be left out and be repeated.
//! - After a restart only the rows of the checkpoint's last page are known again. So the order stays as it is, and
//!   between two pages no more newcomers come first than a page has; between two runs any number may.
//! - Without `paging` a gap can't be seen. So the list and the page cap stay as they are.
//! - A count that is too low, or a replica that lags, must not cut a list that grows at its end.

mod world;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use realtimekit::{Error, Pages, Participant, Participants, ParticipantsRequest};

use self::world::{Kind, PER_PAGE, World};
use crate::support::*;

const CASES: u64 = 1000;

fn number(participant: &Participant) -> usize {
    participant.duration.unwrap() as usize
}

/// An iterator of either type.
enum Run {
    Pages(Pages),
    Participants(Participants),
}

impl Run {
    /// `Participants` have no checkpoint, so they are the last run, and `Pages` are more frequent.
    fn new(request: &ParticipantsRequest, chance: &mut Random) -> Run {
        match chance.below(5) {
            0 => Run::Participants(request.iter()),
            _ => Run::Pages(request.pages()),
        }
    }

    /// What comes next, if anything does.
    fn next(&mut self) -> Option<realtimekit::Result<Vec<usize>>> {
        match self {
            Run::Pages(pages) => Some(pages.next()?.map(|page| page.participants.iter().map(number).collect())),
            Run::Participants(participants) => Some(participants.next()?.map(|one| vec![number(&one)])),
        }
    }

    fn resume(&mut self) {
        match self {
            Run::Pages(pages) => pages.resume(),
            Run::Participants(participants) => participants.resume(),
        }
    }
}

/// What came, and after how many restarts.
struct Outcome {
    came: Vec<usize>,
    error: Option<Error>,
    restarts: usize,
}

/// Iterates to the end or a fatal error. Resumes after other errors, or starts again from a checkpoint.
fn iterate(request: &ParticipantsRequest, world: &Mutex<World>, chance: &mut Random) -> Outcome {
    let mut outcome = Outcome { came: vec![], error: None, restarts: 0 };
    let may_restart = !matches!(world.lock().unwrap().kind, Kind::OneRun | Kind::Lagging);
    let mut run = Run::new(request, chance);
    for _ in 0..2000 {
        match &run {
            Run::Pages(pages) if may_restart && chance.below(4) == 0 => {
                let request = request.clone().resume_from(stored(&pages.checkpoint()));
                world.lock().unwrap().happen_between_runs();
                outcome.restarts += 1;
                run = Run::new(&request, chance);
            }
            _ => {}
        }
        match run.next() {
            Some(Ok(people)) => outcome.came.extend(people),
            Some(Err(error)) if error.is_retryable() => {
                assert!(run.next().is_none());
                run.resume();
            }
            Some(Err(error)) => {
                run.resume();
                assert!(run.next().is_none());
                outcome.error = Some(error);
                return outcome;
            }
            None => return outcome,
        }
    }
    panic!("this goes on for ever");
}

/// Names the seed if a case panics.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed is {}", self.0);
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    whole: usize,
    whole_although_it_moved: usize,
    whole_after_restarts: usize,
    errors: usize,
    errors_after_restarts: usize,
    low_counts: usize,
    lagging: usize,
    counted: usize,
}

/// Runs a case in this world, to which the requests go.
fn run_case(seed: u64, world: &Mutex<World>, requests: &[ParticipantsRequest], tally: &mut Tally) {
    let _seed = Seed(seed);
    *world.lock().unwrap() = World::new(seed);
    let mut chance = Random::new(seed + CASES);
    let request = &requests[chance.below(requests.len())];
    let outcome = iterate(request, world, &mut chance);

    let world = world.lock().unwrap();
    let distinct: HashSet<_> = outcome.came.iter().copied().collect();
    let has_restarted = outcome.restarts > 0;
    match outcome.error {
        None => {
            assert_eq!(distinct.len(), outcome.came.len(), "somebody came twice: {:?}", outcome.came);
            assert_eq!(distinct, world.served.iter().copied().collect(), "{:?}", world.kind);
            if world.is_calm && !has_restarted && world.kind != Kind::Lagging {
                assert_eq!(world.answered, world.expected_requests(), "{:?}", world.kind);
                tally.counted += 1;
            }
            tally.low_counts += usize::from(world.kind == Kind::LowCount);
            tally.lagging += usize::from(world.kind == Kind::Lagging);
            tally.whole += 1;
            tally.whole_although_it_moved += usize::from(!world.is_calm);
            tally.whole_after_restarts += usize::from(has_restarted);
        }
        Some(error) => {
            assert!(matches!(error, Error::Pagination(_)), "{error}");
            let may_fail = !world.is_calm || world.kind == Kind::Lagging;
            assert!(may_fail, "nothing moved, but: {:?} {error}", world.kind);
            tally.errors += 1;
            tally.errors_after_restarts += usize::from(has_restarted);
        }
    }
}

#[test]
fn the_exact_list_comes_or_an_error() {
    let world = Arc::new(Mutex::new(World::new(0)));
    let server = Server::start({
        let world = world.clone();
        move |_, head| world.lock().unwrap().answer(head)
    });
    let requests =
        [0, 1].map(|max_retries| request_of(builder(&server).max_retries(max_retries)).per_page(PER_PAGE as u32));
    let mut tally = Tally::default();
    (0..CASES).for_each(|seed| run_case(seed, &world, &requests, &mut tally));
    let many = CASES as usize / 25;
    for count in [
        tally.whole,
        tally.whole_although_it_moved,
        tally.whole_after_restarts,
        tally.errors,
        tally.errors_after_restarts,
        tally.low_counts,
        tally.lagging,
        tally.counted,
    ] {
        assert!(count > many, "{tally:?}");
    }
}
