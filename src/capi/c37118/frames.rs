//! C37.118: frames.
//!
//! For programs with sockets of their own: what has come is given to an assembler, which hands out whole, undamaged
//! frames.

use std::ffi::c_void;
use std::sync::Arc;

use crate::c37118::{C37118Error, Command, Fragments, Frame, FrameAssembler, FrameType, Message};
use crate::capi::c37118::configuration::sttp_c37118_configuration;
use crate::capi::shared::arguments::{elements, give, invalid, output, reference, take};
use crate::capi::shared::events::data_of;
use crate::capi::shared::guard::{guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::error::Error;

/// A frame carries measurements.
pub const STTP_C37118_DATA: i32 = 0;
/// A frame carries a text for people.
pub const STTP_C37118_HEADER: i32 = 1;
/// A frame says what the device is able to give.
pub const STTP_C37118_CONFIGURATION_1: i32 = 2;
/// A frame says what the data frames carry.
pub const STTP_C37118_CONFIGURATION_2: i32 = 3;
/// A frame is a command.
pub const STTP_C37118_COMMAND: i32 = 4;
/// A frame says what the data frames carry, in the longer form, or is a piece of that.
pub const STTP_C37118_CONFIGURATION_3: i32 = 5;

/// Command: stop sending data frames.
pub const STTP_C37118_STOP_DATA: u32 = 1;
/// Command: send data frames.
pub const STTP_C37118_START_DATA: u32 = 2;
/// Command: send the header frame.
pub const STTP_C37118_SEND_HEADER: u32 = 3;
/// Command: send CFG-1.
pub const STTP_C37118_SEND_CONFIGURATION_1: u32 = 4;
/// Command: send CFG-2.
pub const STTP_C37118_SEND_CONFIGURATION_2: u32 = 5;
/// Command: send CFG-3.
pub const STTP_C37118_SEND_CONFIGURATION_3: u32 = 6;
/// Command: what its content says.
pub const STTP_C37118_EXTENDED: u32 = 8;

/// Finds frames in a stream of bytes, and its way back after bytes that are none. One thread uses it at a time.
pub struct sttp_c37118_assembler {
    assembler: FrameAssembler,
    fragments: Fragments,
}

/// A frame whose length and check word are right.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_c37118_frame {
    /// The whole frame; valid during the call.
    pub bytes: *const u8,
    /// Its bytes.
    pub length: usize,
    /// STTP_C37118_DATA to STTP_C37118_CONFIGURATION_3: what it is.
    pub r#type: i32,
    /// 1 or 2.
    pub version: i32,
    /// The data stream that it belongs to.
    pub id_code: u32,
    /// SOC: seconds since 1970 UTC.
    pub second: u32,
    /// FRACSEC: time quality in the high byte, and the fraction of the second in units of the time base.
    pub fraction: u32,
    /// STTP_C37118_STOP_DATA to STTP_C37118_EXTENDED, or another code: what a command asks for; 0 for other frames.
    pub command: u32,
    /// The text of a header frame, which is no C string, or what an extended command carries; NULL for other frames.
    /// Valid during the call.
    pub content: *const u8,
    /// Its bytes.
    pub content_length: usize,
}

/// A frame was found.
///
/// \param user_data      As registered.
/// \param frame          The frame; valid during the call.
/// \param configuration  What it says, for a configuration that is whole; NULL for other frames. Valid during the
///                       call; sttp_c37118_configuration_clone keeps it.
pub type sttp_c37118_frame_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        frame: *const sttp_c37118_frame,
        configuration: *const sttp_c37118_configuration,
    ),
>;

/// Bytes of a command's code, in front of what an extended one carries.
const CODE_SIZE: usize = 2;

impl sttp_c37118_frame {
    /// All pointers lead into the frame.
    fn new(frame: &Frame<'_>, message: Option<&Message<'_>>) -> sttp_c37118_frame {
        let (command, content): (u32, &[u8]) = match message {
            Some(Message::Header(text)) => (0, text),
            Some(Message::Command(Command::Extended(_))) => {
                (STTP_C37118_EXTENDED, frame.payload().get(CODE_SIZE..).unwrap_or_default())
            }
            Some(Message::Command(command)) => (command.code().into(), &[]),
            _ => (0, &[]),
        };
        sttp_c37118_frame {
            bytes: data_of(frame.bytes),
            length: frame.bytes.len(),
            r#type: match frame.kind {
                FrameType::Data => STTP_C37118_DATA,
                FrameType::Header => STTP_C37118_HEADER,
                FrameType::Configuration1 => STTP_C37118_CONFIGURATION_1,
                FrameType::Configuration2 => STTP_C37118_CONFIGURATION_2,
                FrameType::Configuration3 => STTP_C37118_CONFIGURATION_3,
                FrameType::Command => STTP_C37118_COMMAND,
            },
            version: frame.version.number().into(),
            id_code: frame.id_code.into(),
            second: frame.time.second,
            fraction: frame.time.fraction_word(),
            command,
            content: data_of(content),
            content_length: content.len(),
        }
    }
}

/// Makes an assembler.
///
/// \param assembler  Receives it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_assembler_new(assembler: *mut *mut sttp_c37118_assembler) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let assembler = unsafe { output(assembler, "assembler")? };
        let made =
            sttp_c37118_assembler { assembler: FrameAssembler::default(), fragments: Fragments::default() };
        give(assembler, made);
        Ok(())
    })
}

/// Frees an assembler.
///
/// *Thread*: not while another one uses it.
/// *From a callback*: not from one that it calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_assembler_free(assembler: *mut sttp_c37118_assembler) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take(assembler) }));
}

/// Takes bytes of a stream, which continue those of the call before, and calls back for each frame in them. For
/// datagrams there is sttp_c37118_assembler_receive_datagram.
///
/// \param bytes      What has come.
/// \param length     How many bytes.
/// \param callback   Called for each frame, in order, before this returns.
/// \param user_data  Handed to each call.
/// \return STTP_ERR_PROTOCOL when a configuration cannot be read, the version of frames is none of those supported, or
///         they are of IEEE 1344, after all frames were told.
/// *Thread*: one at a time.
/// *From a callback*: not from one that it calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_assembler_receive(
    assembler: *mut sttp_c37118_assembler,
    bytes: *const u8,
    length: usize,
    callback: sttp_c37118_frame_fn,
    user_data: *mut c_void,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        receive(assembler, (bytes, length), (callback, user_data), |assembler, bytes, visit| {
            assembler.receive(bytes, visit)
        })
    })
}

/// Takes a datagram, which is a world of its own, and calls back for each frame in it. What it does not hold whole is
/// lost.
///
/// \param bytes      The datagram.
/// \param length     How many bytes.
/// \param callback   Called for each frame, in order, before this returns.
/// \param user_data  Handed to each call.
/// \return As sttp_c37118_assembler_receive.
/// *Thread*: one at a time.
/// *From a callback*: not from one that it calls.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_c37118_assembler_receive_datagram(
    assembler: *mut sttp_c37118_assembler,
    bytes: *const u8,
    length: usize,
    callback: sttp_c37118_frame_fn,
    user_data: *mut c_void,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        receive(assembler, (bytes, length), (callback, user_data), |assembler, bytes, visit| {
            assembler.receive_datagram(bytes, visit)
        })
    })
}

/// Has an assembler hand out the frames in bytes.
type Assemble = fn(&mut FrameAssembler, &[u8], &mut dyn FnMut(Frame<'_>));

/// Hands bytes to `assemble`, and calls back for each frame in them.
///
/// # Safety
///
/// Pointers are NULL, or what the header says.
unsafe fn receive(
    assembler: *mut sttp_c37118_assembler,
    (bytes, length): (*const u8, usize),
    (callback, user_data): (sttp_c37118_frame_fn, *mut c_void),
    assemble: Assemble,
) -> Result<(), Failure> {
    // SAFETY: the contract of the caller.
    let bytes = unsafe { elements(bytes, length, "bytes")? };
    // SAFETY: the contract of the caller.
    unsafe { reference(assembler, "assembler")? };
    let Some(callback) = callback else { return Err(invalid("callback is NULL".into())) };
    // SAFETY: checked above; that nobody else uses it meanwhile is the caller's contract.
    let sttp_c37118_assembler { assembler, fragments } = unsafe { &mut *assembler };
    let mut failure = Ok(());
    assemble(assembler, bytes, &mut |frame| {
        let message = frame.message().map_err(|error| failure = Err(unreadable(error))).ok();
        let record = sttp_c37118_frame::new(&frame, message.as_ref());
        let configuration = configuration_of(&frame, message, fragments);
        let configuration = configuration.map_err(|error| failure = Err(error)).ok().flatten();
        let configuration = configuration.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: the frame and the configuration live during the call.
        unsafe { callback(user_data, &raw const record, configuration) };
    });
    if let Some(error) = assembler.take_unsupported() {
        failure = failure.and(Err(unreadable(error)));
    }
    failure
}

fn unreadable(error: C37118Error) -> Failure {
    Error::Protocol(error.into()).into()
}

fn configuration_of(
    frame: &Frame<'_>,
    message: Option<Message<'_>>,
    fragments: &mut Fragments,
) -> Result<Option<sttp_c37118_configuration>, Failure> {
    let configuration = match message {
        Some(Message::Configuration(configuration)) => Some(*configuration),
        Some(Message::ConfigurationFragment { index }) => {
            fragments.receive(frame, index).map_err(unreadable)?
        }
        _ => None,
    };
    let made = configuration.map(|configuration| sttp_c37118_configuration::new(Arc::new(configuration)));
    made.transpose().map_err(unreadable)
}
