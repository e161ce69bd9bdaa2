/* Every name that Fram has on the bus, in one place: bus name, paths, interfaces, errors, and
 * the fields of its log entries.  What they mean stands in the XML files beside this header. */
#pragma once

#define FRAM_BUS_NAME "org.fram.Ice1"

#define FRAM_PATH_MANAGER "/org/fram/Ice1"
/* A session is at FRAM_PATH_SESSIONS "/SENDER/TOKEN". */
#define FRAM_PATH_SESSIONS FRAM_PATH_MANAGER "/session"

#define FRAM_INTERFACE_MANAGER "org.fram.Ice1.Manager"
#define FRAM_INTERFACE_INSPECTOR "org.fram.Ice1.Inspector"
#define FRAM_INTERFACE_SESSION "org.fram.Ice1.Session"
#define FRAM_INTERFACE_SETTINGS "org.fram.Ice1.Settings"

/* 1 to this many characters of A-Z a-z 0-9 _. */
#define FRAM_TOKEN_MAX 64
/* Bytes of a `passwords` descriptor, all of them together. */
#define FRAM_PASSWORDS_MAX 4096

/* A value is wrong although its type is right: an unknown option, a number out of range. */
#define FRAM_ERROR_INVALID_ARGUMENT "org.fram.Ice1.Error.InvalidArgument"
#define FRAM_ERROR_INVALID_CANDIDATE "org.fram.Ice1.Error.InvalidCandidate"
#define FRAM_ERROR_INVALID_DESCRIPTION "org.fram.Ice1.Error.InvalidDescription"
#define FRAM_ERROR_WRONG_STATE "org.fram.Ice1.Error.WrongState"
#define FRAM_ERROR_LIMIT_EXCEEDED "org.fram.Ice1.Error.LimitExceeded"
#define FRAM_ERROR_NOT_SUPPORTED "org.fram.Ice1.Error.NotSupported"
#define FRAM_ERROR_NO_SESSION "org.fram.Ice1.Error.NoSession"
#define FRAM_ERROR_NO_SETTING "org.fram.Ice1.Error.NoSetting"
#define FRAM_ERROR_NO_SERVER "org.fram.Ice1.Error.NoServer"
/* An administrator has decided it. */
#define FRAM_ERROR_LOCKED "org.fram.Ice1.Error.Locked"
/* The disk did not take the change, so it was not made. */
#define FRAM_ERROR_NOT_STORED "org.fram.Ice1.Error.NotStored"
/* The service itself failed: its machine ran out of something. */
#define FRAM_ERROR_FAILED "org.fram.Ice1.Error.Failed"

/* Fields of structured log entries. */
#define FRAM_LOG_TOPIC "FRAM_TOPIC"
#define FRAM_LOG_SESSION "FRAM_SESSION"
#define FRAM_LOG_OWNER "FRAM_OWNER"
