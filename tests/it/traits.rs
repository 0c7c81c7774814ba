//! The traits of every public type. Losing one breaks users as much as losing a method.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};

use realtimekit::{
    ApiError, ApiErrorMessage, CancelledError, Checkpoint, Client, ClientBuilder, DecodeError, Error, Pages,
    PaginationError, Paging, Participant, Participants, ParticipantsPage, ParticipantsRequest, PeerEvent,
    PeerEventName, PresetViewType, Result, SortBy, SortOrder, TransportError, View, Wait, WaitReason,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What every type has.
trait Basic: Debug + Send + Sync + Unpin + 'static {}
impl<T: Debug + Send + Sync + Unpin + 'static> Basic for T {}

/// What types have unless they contain a part of ureq, which isn't unwind-safe.
trait Plain: Basic + UnwindSafe + RefUnwindSafe {}
impl<T: Basic + UnwindSafe + RefUnwindSafe> Plain for T {}

/// What users store, compare, and make in tests.
trait Data: Plain + Clone + PartialEq + Default + Serialize + DeserializeOwned {}
impl<T: Plain + Clone + PartialEq + Default + Serialize + DeserializeOwned> Data for T {}

/// What enums have.
trait Name: Plain + Clone + Eq + Hash {}
impl<T: Plain + Clone + Eq + Hash> Name for T {}

fn basic<T: Basic>() {}
fn basic_clone<T: Basic + Clone>() {}
fn data<T: Data>() {}
fn wire_name<T: Name + Serialize + DeserializeOwned>() {}
fn parameter<T: Name + Copy>() {}
fn error<T: Basic + StdError + Display>() {}
fn comparable<T: Plain + Clone + Eq>() {}
fn stored<T: Serialize + DeserializeOwned>() {}
fn borrowing<T: Debug + Display + Clone + Send + Sync + Unpin>() {}
fn basic_clone_borrowing<T: Debug + Clone + Send + Sync + Unpin>() {}
fn iterator<T: Basic + Iterator<Item = Result<I>>, I>() {}
fn into_iterator<T: IntoIterator<Item = I, IntoIter = J>, I, J>() {}

struct NoDefault;

#[test]
fn every_public_type_has_its_traits() {
    basic_clone::<Client>();
    basic_clone::<ClientBuilder>();
    basic_clone::<ParticipantsRequest>();
    basic::<Pages>();
    basic::<Participants>();

    iterator::<Pages, ParticipantsPage>();
    iterator::<Participants, Participant>();
    iterator::<Pages<String>, ParticipantsPage<String>>();
    iterator::<Participants<String>, String>();
    let _ = ParticipantsPage::<NoDefault>::default();
    into_iterator::<ParticipantsRequest, Result<Participant>, Participants>();
    into_iterator::<&ParticipantsRequest, Result<Participant>, Participants>();
    into_iterator::<ParticipantsPage, Participant, std::vec::IntoIter<Participant>>();

    data::<ParticipantsPage>();
    data::<Paging>();
    data::<Participant>();
    data::<PeerEvent>();

    wire_name::<PeerEventName>();
    wire_name::<PresetViewType>();
    parameter::<SortBy>();
    parameter::<SortOrder>();
    parameter::<View>();

    comparable::<Checkpoint>();
    stored::<Checkpoint>();

    borrowing::<Wait<'_>>();
    basic_clone_borrowing::<WaitReason<'_>>();

    error::<Error>();
    error::<ApiError>();
    error::<TransportError>();
    error::<DecodeError>();
    error::<PaginationError>();
    error::<CancelledError>();
    basic_clone::<Error>();
    basic_clone::<CancelledError>();
    basic_clone::<TransportError>();
    comparable::<PaginationError>();
    comparable::<ApiError>();
    comparable::<ApiErrorMessage>();
    comparable::<DecodeError>();
}

#[test]
fn the_methods_of_iterators_have_these_types() {
    let _: fn(&ParticipantsRequest) -> Participants = ParticipantsRequest::iter;
    let _: fn(&ParticipantsRequest) -> Pages = ParticipantsRequest::pages;
    let _: fn(ParticipantsRequest, Checkpoint) -> ParticipantsRequest = ParticipantsRequest::resume_from;
    let _: fn(&ParticipantsRequest) -> Participants<()> = ParticipantsRequest::iter_as;
    let _: fn(&ParticipantsRequest) -> Pages<()> = ParticipantsRequest::pages_as;
    let _: fn(&ParticipantsRequest) -> Result<ParticipantsPage<()>> = ParticipantsRequest::send_as;
    let _: fn(&ParticipantsRequest) -> Result<()> = ParticipantsRequest::send_json;
    let _: fn(&mut Participants) = Participants::resume;
    let _: fn(&Participants) -> Option<u64> = Participants::total_count;
    let _: fn(&mut Pages) = Pages::resume;
    let _: fn(&Pages) -> Option<u64> = Pages::total_count;
    let _: fn(&Pages) -> Checkpoint = Pages::checkpoint;
    let _: fn(&Checkpoint) -> u32 = Checkpoint::page_no;
    let _: fn(&Checkpoint) -> bool = Checkpoint::is_finished;
}
