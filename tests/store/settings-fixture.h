/* Settings in a directory of their own, with what their listener was told. */
#pragma once

#include "place-fixture.h"

#include "store/settings.h"

typedef struct
{
  PlaceFixture place;
  char *administrators; /* an empty directory */
  FramSettings *settings;
  guint n_told;
  guint changed; /* bits, of all that was told */
} SettingsFixture;

void settings_fixture_init (SettingsFixture *fixture);
void settings_fixture_clear (SettingsFixture *fixture);

void settings_fixture_open (SettingsFixture *fixture);
void settings_fixture_close (SettingsFixture *fixture);
void settings_fixture_reopen (SettingsFixture *fixture);

/* Sets it by GVariant's text; `text` NULL: resets it.  Return: whether it was done. */
gboolean settings_fixture_set (SettingsFixture *fixture, FramSettingKey key,
                               const char *text, GError **error);
/* It is done. */
void settings_fixture_must_set (SettingsFixture *fixture, FramSettingKey key,
                                const char *text);
/* It is refused with this error, and nothing has changed. */
void settings_fixture_refuse (SettingsFixture *fixture, FramSettingKey key,
                              const char *text, GQuark domain, int code);

/* The value is this, in GVariant's text format. */
void settings_fixture_assert (const SettingsFixture *fixture, FramSettingKey key,
                              const char *text);
/* All have their defaults. */
void settings_fixture_assert_defaults (const SettingsFixture *fixture);
/* There are `n` problems, the first of which has this in it. */
void settings_fixture_assert_problems (const SettingsFixture *fixture, guint n,
                                       const char *part);
