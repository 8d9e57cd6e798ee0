// SPDX-License-Identifier: LGPL-2.1-or-later
#include "operations.hpp"

#include <base/log.hpp>
#include <bus/errors.hpp>
#include <container/errors.hpp>

namespace berth::daemon {

std::exception_ptr name_failure(const std::exception_ptr& failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const container::NotRunning& error) {
        return std::make_exception_ptr(bus::NamedError(bus::kNotRunning, error.what()));
    } catch (const container::AlreadyRunning& error) {
        return std::make_exception_ptr(bus::NamedError(bus::kAlreadyRunning, error.what()));
    } catch (const container::NoSuchImage& error) {
        return std::make_exception_ptr(bus::NamedError(bus::kNoSuchImage, error.what()));
    } catch (const container::StartFailed& error) {
        return std::make_exception_ptr(bus::NamedError(bus::kStartFailed, error.what()));
    } catch (...) {
        return failure;
    }
}

} // namespace berth::daemon
