/* What the files of the inspector share. */
#pragma once

#include "rpc/callers.h"
#include "rpc/inspection.h"
#include "rpc/inspector.h"
#include "rpc/lookers.h"

struct _FramInspector
{
  FramInterface *interface;
  FramCallers *callers; /* among them who waits, subscribes or has descriptors */
  FramDriver *driver;
  FramMemory *memory;
  FramInspection *inspection;
  FramLookers *lookers;
  GList *waiting; /* Waiting, the newest first */
};
