"""A flow that does a little of everything: it asks, calls, keeps a secret, hears of events, and hands off."""

from __future__ import annotations

PROGRAM = """\
flow visit

timeout 1 hour -> reply "Time is up." -> end session
outdated -> reply "We begin anew."

action book(name: text) returns text
action log_in(pin: secret) returns bool
function pause(name: text) returns text

anytime on "team" -> handoff "support"
anytime on "raise" -> reply "{pause("raise")}"

on "log in"
  -> ask pin: secret "Your pin?"
  -> call log_in(pin) as known
      failed -> reply "Not now." -> end session
  when known
    -> reply "Welcome." -> end session
  else
    -> reply "Wrong." -> end session
on start -> reply "We call on you." -> goto visiting
on message -> goto visiting

state visiting
  -> ask name "Who?"
  -> call book(name) as number within 20 seconds
      failed -> reply "Not booked." -> end session
  -> reply "Booked {number}."
  -> confirm: ask ok "Sure?"
      on event paid(amount: int) -> reply "Paid {amount}." -> emit receipt(amount: amount) -> end session
  -> end session
"""
