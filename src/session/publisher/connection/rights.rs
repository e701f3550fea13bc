//! What a subscriber may, and what is recorded of what it asked for.

use std::sync::Arc;

use super::Connection;
use crate::filter::Allowance;
use crate::rights::{Audit, AuditSubject, Grant, SignalRights};
use crate::session::publisher::catalog::{Catalog, View};
use crate::session::publisher::context::Context;
use crate::session::publisher::events::PublisherEvent;
use crate::session::publisher::settings::PublisherSettings;
use crate::wire::Command;

impl Connection {
    /// What it may.
    pub(crate) fn grant(&self) -> Option<&Arc<Grant>> {
        self.grant.as_ref()
    }

    /// Whether the application has granted that, whatever the rights say.
    pub(crate) fn has_own_grant(&self) -> bool {
        self.has_own_grant
    }

    /// What it may from now on; `None` for everything.
    pub(crate) fn set_grant(&mut self, grant: Option<Arc<Grant>>, is_own: bool) {
        self.info.rights = grant.as_ref().map(|grant| grant.name().to_owned()).unwrap_or_default();
        self.grant = grant;
        self.has_own_grant = is_own;
    }

    /// Which signals it may have; `None` for all.
    pub(crate) fn signal_rights(&self) -> Option<Arc<SignalRights>> {
        self.grant.as_ref().map(|grant| Arc::clone(grant.signals()))
    }

    /// What it sees of a catalog.
    pub(crate) fn view(&self, catalog: &Arc<Catalog>) -> View {
        View::new(catalog, self.signal_rights())
    }

    /// Work that one of its filters may be.
    pub(crate) fn allowance(&self, settings: &PublisherSettings) -> Allowance {
        let of_all = settings.limits.max_filter_steps;
        let own = self.grant.as_ref().map_or(0, |grant| grant.settings().max_filter_steps);
        match own > 0 && own < of_all {
            true => Allowance::new(own as u64).because("its rights allow no more (maxFilterSteps)"),
            false => Allowance::new(of_all as u64).because("the publisher allows no more (maxFilterSteps)"),
        }
    }

    /// Whether it may have measurements of such a kind.
    ///
    /// # Errors
    ///
    /// Why not.
    pub(crate) fn may_have_data(&self, is_historical: bool, by_udp: bool) -> Result<(), String> {
        let Some(rights) = self.grant.as_ref().map(|grant| grant.settings()) else { return Ok(()) };
        if is_historical && !rights.temporal {
            return Err("this subscriber may not have historical data; leave out startTimeConstraint".into());
        }
        if by_udp && !is_historical && !rights.udp {
            return Err("this subscriber gets measurements by TCP only; leave out dataChannel".into());
        }
        Ok(())
    }

    /// Whether it may have metadata, or their schema, now. If not, it is told why.
    pub(crate) fn may_have_metadata(&mut self, command: Command, cx: &mut Context<'_>) -> bool {
        let Some(grant) = self.grant.clone() else { return true };
        let rights = grant.settings();
        let text = if !rights.metadata {
            "this subscriber may not have metadata".to_owned()
        } else if !self.quota.has_metadata_request(&grant, cx.now.instant) {
            let most = rights.metadata_requests_per_minute;
            format!(
                "this subscriber may ask for metadata {most} times a minute (metadataRequestsPerMinute); ask later"
            )
        } else {
            return true;
        };
        self.refuse(command, AuditSubject::Metadata, &text, cx);
        false
    }

    /// Whether it may send a user command. If not, it is told so.
    pub(crate) fn may_send_user_command(&mut self, command: u8, cx: &mut Context<'_>) -> bool {
        let text = format!("command {command}");
        if self.grant.as_ref().is_none_or(|grant| grant.settings().user_commands) {
            self.accept(AuditSubject::UserCommand, &text, cx);
            return true;
        }
        let text = format!("this subscriber may not send user commands, as {text}");
        self.refuse(Command::User(command), AuditSubject::UserCommand, &text, cx);
        false
    }

    /// Tells operators when it may have no signals because its rights cannot be evaluated.
    pub(crate) fn tell_problem(&mut self, cx: &mut Context<'_>) {
        if let Some(problem) = self.view(cx.catalog).problem(cx.now.utc) {
            let (name, address) = (&self.info.rights, self.info.address);
            cx.outbox.warn(format!(
                "{address} may have no signals, because the rights of {name:?} cannot be evaluated: {problem}"
            ));
        }
    }

    /// Refuses a request.
    pub(crate) fn refuse(
        &mut self,
        command: Command,
        subject: AuditSubject,
        why: &str,
        cx: &mut Context<'_>,
    ) {
        self.outlet.fail(command, why);
        self.record(subject, false, why, cx);
    }

    /// Records that a request, or the connection, was accepted.
    pub(crate) fn accept(&self, subject: AuditSubject, what: &str, cx: &mut Context<'_>) {
        self.record(subject, true, what, cx);
    }

    /// Records what was decided.
    pub(crate) fn record(&self, subject: AuditSubject, accepted: bool, reason: &str, cx: &mut Context<'_>) {
        cx.outbox.event(PublisherEvent::Audit(Box::new(Audit {
            time: cx.now.utc,
            accepted,
            subject,
            peer: self.info.peer(),
            connection: Some(self.info.id),
            name: self.info.rights.clone(),
            identity: self.info.identity.clone(),
            reason: reason.to_owned(),
            left_out: 0,
        })));
    }
}
