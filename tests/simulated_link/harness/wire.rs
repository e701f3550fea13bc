//! What subscribers read, as it was on the wire.

use sttp::wire::frame::{FrameAssembler, responses};
use sttp::wire::{Command, Response};

/// One response of a publisher.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: u8,
    /// Code of the command that it answers.
    pub(crate) command: u8,
    pub(crate) payload: Vec<u8>,
}

/// Cuts what was read of a connection, from its first byte on, into responses.
pub(crate) fn answers(bytes: &[u8]) -> Vec<Answer> {
    let (mut assembler, mut rest, mut answers) = (FrameAssembler::default(), bytes, Vec::new());
    while let Some(frame) = assembler.next(&mut rest, usize::MAX).unwrap() {
        answers.extend(responses(frame).map(Result::unwrap).map(|one| Answer {
            response: one.response,
            command: one.command,
            payload: one.payload.to_vec(),
        }));
    }
    answers
}

/// The payloads of those of one kind.
pub(crate) fn payloads(answers: &[Answer], response: Response) -> impl Iterator<Item = &[u8]> {
    let of_kind = answers.iter().filter(move |answer| answer.response == response.code());
    of_kind.map(|answer| answer.payload.as_slice())
}

/// What the first command of a kind that succeeded was answered.
pub(crate) fn answer_to(answers: &[Answer], command: Command) -> &[u8] {
    let is_meant =
        |answer: &&Answer| answer.response == Response::Succeeded.code() && answer.command == command.code();
    let answer = answers.iter().find(is_meant);
    &answer.unwrap_or_else(|| panic!("{} was not answered", command.name())).payload
}
