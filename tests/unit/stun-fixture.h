/* A STUN message under construction in a test, and what a parser makes of it. */
#pragma once

#include "stun/builder.h"

typedef struct
{
  guint8 bytes[2048];
  FramStunBuilder builder;
  FramStunMessage message;
} StunFixture;

/* Begins a message with the transaction id 0, 1, 2 ... 11. */
void stun_fixture_begin (StunFixture *self, FramStunClass klass, guint16 method);
/* Ends it and parses it from a block of exactly its length, which stun_fixture_clear()
 * frees, so that a sanitizer sees each byte read behind its end. */
FramStunParseResult stun_fixture_parse (StunFixture *self);
/* The same for a message that must be accepted. */
void stun_fixture_end (StunFixture *self);
void stun_fixture_clear (StunFixture *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StunFixture, stun_fixture_clear)
