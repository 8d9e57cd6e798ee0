// SPDX-License-Identifier: LGPL-2.1-or-later
// The schema of berth.db and how an older one becomes the current one. The version is PRAGMA
// user_version; each step is one transaction, so a crash leaves the old schema or the new.
#pragma once

namespace berth::store {

class Connection;

/// Makes or migrates the tables. Unsupported for a database of a newer berth, Corrupt for one that
/// is not berth's.
void bring_up_to_date(Connection& connection);

} // namespace berth::store
