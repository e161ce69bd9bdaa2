#include "stun-fixture.h"

#include <string.h>

void
stun_fixture_begin (StunFixture *self, FramStunClass klass, guint16 method)
{
  static const FramStunId id = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 } };

  memset (self, 0, sizeof *self);
  fram_stun_builder_init (&self->builder, self->bytes, sizeof self->bytes, klass, method,
                          &id);
}

FramStunParseResult
stun_fixture_parse (StunFixture *self)
{
  gsize length = fram_stun_builder_end (&self->builder);
  guint8 *block;
  FramStunParseResult result;

  g_assert_cmpuint (length, >, 0);
  block = g_memdup2 (self->bytes, length);
  stun_fixture_clear (self);
  result = fram_stun_message_parse (&self->message, block, length);
  if (result != FRAM_STUN_PARSE_OK)
    g_free (block);
  return result;
}

void
stun_fixture_end (StunFixture *self)
{
  g_assert_cmpint (stun_fixture_parse (self), ==, FRAM_STUN_PARSE_OK);
}

void
stun_fixture_clear (StunFixture *self)
{
  g_free ((gpointer) self->message.data);
  self->message = (FramStunMessage){ 0 };
}
