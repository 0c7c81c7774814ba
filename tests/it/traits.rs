//! The traits of every public type, pinned at compile time: losing one breaks users as much as losing a method does.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::hash::Hash;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};

use realtimekit::{
    ApiError, ApiErrorMessage, Client, ClientBuilder, DecodeError, Error, Pages, Paging, Participant, Participants,
    ParticipantsPage, ParticipantsRequest, PeerEvent, PeerEventName, PresetViewType, Result, SortBy, SortOrder,
    TransportError, View,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Of everything.
trait Basic: Debug + Send + Sync + Unpin + 'static {}
impl<T: Debug + Send + Sync + Unpin + 'static> Basic for T {}

/// Of values without a part of ureq's, which isn't unwind-safe.
trait Plain: Basic + UnwindSafe + RefUnwindSafe {}
impl<T: Basic + UnwindSafe + RefUnwindSafe> Plain for T {}

/// Of what a user stores, compares, and makes in tests.
trait Data: Plain + Clone + PartialEq + Default + Serialize + DeserializeOwned {}
impl<T: Plain + Clone + PartialEq + Default + Serialize + DeserializeOwned> Data for T {}

/// Of enums.
trait Name: Plain + Clone + Eq + Hash {}
impl<T: Plain + Clone + Eq + Hash> Name for T {}

fn basic<T: Basic>() {}
fn basic_clone<T: Basic + Clone>() {}
fn data<T: Data>() {}
fn wire_name<T: Name + Serialize + DeserializeOwned>() {}
fn parameter<T: Name + Copy>() {}
fn error<T: Basic + StdError + Display>() {}
fn comparable<T: Plain + Clone + Eq>() {}
fn iterator<T: Basic + FusedIterator<Item = Result<I>>, I>() {}
fn into_iterator<T: IntoIterator<Item = I, IntoIter = J>, I, J>() {}

#[test]
fn every_public_type_has_the_traits_that_it_promises() {
    basic_clone::<Client>();
    basic_clone::<ClientBuilder>();
    basic_clone::<ParticipantsRequest>();
    basic::<Pages>();
    basic::<Participants>();

    iterator::<Pages, ParticipantsPage>();
    iterator::<Participants, Participant>();
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

    error::<Error>();
    error::<ApiError>();
    error::<TransportError>();
    error::<DecodeError>();
    basic_clone::<TransportError>();
    comparable::<ApiError>();
    comparable::<ApiErrorMessage>();
    comparable::<DecodeError>();
}
