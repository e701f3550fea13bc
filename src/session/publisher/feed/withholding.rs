//! Measurements that a subscriber may not have any more.

use std::sync::Arc;

use super::Feed;
use crate::rights::AuditSubject;
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::connection::Connection;
use crate::session::publisher::context::Context;
use crate::session::publisher::subscription::Subscription;
use crate::wire::Command;

impl Feed {
    /// Sends no more of what a connection may not have now. It takes a while until its subscriber has confirmed other
    /// signals, if it ever does: until then those that are withheld stay announced, but get no measurements.
    pub(crate) fn withhold(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        if connection.grant().is_none() || connection.is_closing() {
            return;
        }
        // What waits of a subscription before may be of signals that it may not have now, whatever it has asked for since.
        let has_older = connection.has_older();
        let (view, now) = (connection.view(cx.catalog), cx.now.utc);
        let withholding = |subscription: &Arc<Subscription>| view.withholding(&subscription.selection, now);
        if connection.group.is_some() {
            if has_older {
                connection.drop_forbidden(None, cx);
            }
            // What goes to a group goes to all of its members.
            if self.groups.subscriptions_of(connection).any(|shared| withholding(shared).is_some()) {
                let text =
                    "the subscriber may not have any more what its multicast group gets; subscribe again";
                connection.refuse(Command::Subscribe, AuditSubject::Rights, text, cx);
                // The connection may last until that was read; the group must not get anything for it meanwhile.
                self.leave(connection, cx);
                connection.close(CloseReason::Refused(text.into()), cx.outbox);
            }
            return;
        }
        let historical = |subscription: &&Arc<Subscription>| subscription.window.is_some();
        if connection
            .exchange
            .all()
            .filter(historical)
            .any(|subscription| withholding(subscription).is_some())
            && self.playbacks.end(connection, "the subscriber may not have all of these signals any more", cx)
        {
            connection.drop_forbidden(None, cx);
        }
        let is_other = connection.exchange.replace(|subscription| {
            let selection = withholding(subscription).filter(|_| subscription.window.is_none())?;
            Some(Arc::new(subscription.with_selection(Arc::new(selection))))
        });
        let current = connection.exchange.current_offer().map(|current| current.subscription);
        if is_other || has_older {
            connection.drop_forbidden(current.as_deref(), cx);
        }
        let Some(current) = current.filter(|_| is_other) else { return };
        if self.leave_stream(connection.key) {
            self.join_stream(connection, &current, cx);
        }
    }

    /// Ends what a connection may not have any more by the way in which it has it.
    pub(crate) fn end_forbidden(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let is_forbidden = |subscription: &Arc<Subscription>| {
            connection
                .may_have_data(subscription.window.is_some(), subscription.carriage.channel.is_some())
                .err()
        };
        let mut subscriptions = connection.exchange.all().chain(self.groups.subscriptions_of(connection));
        let why = subscriptions.find_map(is_forbidden);
        drop(subscriptions);
        if let Some(why) = why {
            connection.refuse(Command::Subscribe, AuditSubject::Rights, &why, cx);
            self.leave(connection, cx);
            connection.drop_forbidden(None, cx);
        } else if connection.has_older() && connection.may_have_data(true, false).is_err() {
            // What waits of a subscription before may be historical.
            let current = connection.exchange.current_offer().map(|current| current.subscription);
            connection.drop_forbidden(current.as_deref(), cx);
        }
    }
}
