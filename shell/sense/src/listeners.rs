//! Sockets that are open before anything runs, so that a port that is taken is told at the start.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Error;
use crate::settings::{Settings, TlsSettings};

/// The sockets of all listeners.
#[derive(Debug, Default)]
pub struct Listeners {
    pub(crate) syslog_udp: Vec<Datagrams>,
    pub(crate) syslog_tcp: Vec<Connections>,
    pub(crate) netflow: Vec<Datagrams>,
}

/// A socket for datagrams.
#[derive(Debug)]
pub(crate) struct Datagrams {
    pub(crate) socket: UdpSocket,
    /// Where it listens; the machine's choice where the settings say port 0.
    pub(crate) at: SocketAddr,
    /// Its number in the kernel's tables; 0 where there are none.
    pub(crate) inode: u64,
}

/// A socket for connections.
#[derive(Debug)]
pub(crate) struct Connections {
    pub(crate) socket: TcpListener,
    pub(crate) at: SocketAddr,
    /// With which each connection begins with a handshake.
    pub(crate) tls: Option<Arc<ServerConfig>>,
}

impl Listeners {
    /// Opens what the settings name.
    ///
    /// # Errors
    /// A sentence: an address that is taken or not this machine's, a certificate that is none.
    pub fn open(settings: &Settings) -> Result<Self, Error> {
        let mut open = Self::default();
        for listen in &settings.syslog.udp {
            open.syslog_udp.push(udp(*listen)?);
        }
        for listen in &settings.syslog.tcp {
            open.syslog_tcp.push(tcp(*listen, None)?);
        }
        if let Some(tls) = &settings.syslog.tls {
            let config = config(tls)?;
            for listen in &tls.listen {
                open.tls(*listen, Arc::clone(&config))?;
            }
        }
        for listen in &settings.netflow.udp {
            open.netflow.push(udp(*listen)?);
        }
        Ok(open)
    }

    /// Opens one more for syslog over TLS, with a certificate that is in memory.
    ///
    /// # Errors
    /// As [`Listeners::open`].
    pub fn tls(&mut self, listen: SocketAddr, config: Arc<ServerConfig>) -> Result<(), Error> {
        self.syslog_tcp.push(tcp(listen, Some(config))?);
        Ok(())
    }

    /// Where is listened, by the names of the listeners: `syslog udp 0.0.0.0:514`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let udp = self.syslog_udp.iter().map(|one| name("syslog udp", one.at));
        let tcp = self.syslog_tcp.iter().map(Connections::name);
        let flows = self.netflow.iter().map(|one| name("netflow udp", one.at));
        udp.chain(tcp).chain(flows).collect()
    }

    /// The same sockets once more, for another run after one that failed.
    ///
    /// # Errors
    /// When the machine gives no more.
    pub fn again(&self) -> Result<Self, Error> {
        let again = || {
            let syslog_udp = self.syslog_udp.iter().map(Datagrams::again);
            let syslog_tcp = self.syslog_tcp.iter().map(Connections::again);
            let netflow = self.netflow.iter().map(Datagrams::again);
            Ok(Self {
                syslog_udp: syslog_udp.collect::<io::Result<_>>()?,
                syslog_tcp: syslog_tcp.collect::<io::Result<_>>()?,
                netflow: netflow.collect::<io::Result<_>>()?,
            })
        };
        again().map_err(|why: io::Error| Error::new(format!("no more sockets can be had: {why}")))
    }
}

impl Datagrams {
    fn again(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()?, at: self.at, inode: self.inode })
    }
}

impl Connections {
    /// How the way in is called: `tcp` or `tls`.
    pub(crate) const fn way(&self) -> &'static str {
        if self.tls.is_some() { "tls" } else { "tcp" }
    }

    fn name(&self) -> String {
        name(&format!("syslog {}", self.way()), self.at)
    }

    fn again(&self) -> io::Result<Self> {
        Ok(Self { socket: self.socket.try_clone()?, at: self.at, tls: self.tls.clone() })
    }
}

fn name(kind: &str, at: SocketAddr) -> String {
    format!("{kind} {at}")
}

fn udp(listen: SocketAddr) -> Result<Datagrams, Error> {
    let open = || {
        let socket = UdpSocket::bind(listen)?;
        socket.set_nonblocking(true)?;
        let at = socket.local_addr()?;
        let inode = inode(socket.as_raw_fd());
        Ok(Datagrams { socket, at, inode })
    };
    open().map_err(|why| taken("UDP", listen, &why))
}

fn tcp(listen: SocketAddr, tls: Option<Arc<ServerConfig>>) -> Result<Connections, Error> {
    let open = || {
        let socket = TcpListener::bind(listen)?;
        socket.set_nonblocking(true)?;
        let at = socket.local_addr()?;
        Ok((socket, at))
    };
    let (socket, at) = open().map_err(|why| taken("TCP", listen, &why))?;
    Ok(Connections { socket, at, tls })
}

/// The number by which the kernel's tables know a socket (Linux: `socket:[4026]` in `/proc`).
fn inode(descriptor: i32) -> u64 {
    let link = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap_or_default();
    let link = link.to_string_lossy();
    let number = link.strip_prefix("socket:[").and_then(|rest| rest.strip_suffix(']'));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn taken(way: &str, listen: SocketAddr, why: &io::Error) -> Error {
    let help = match why.kind() {
        io::ErrorKind::PermissionDenied => {
            ": ports below 1024 need the capability CAP_NET_BIND_SERVICE"
        }
        io::ErrorKind::AddrInUse => ": another program listens there",
        io::ErrorKind::AddrNotAvailable => ": this is no address of this machine",
        _ => "",
    };
    Error::new(format!("cannot listen on {way} {listen}: {why}{help}"))
}

fn config(tls: &TlsSettings) -> Result<Arc<ServerConfig>, Error> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| {
        Error::new(format!("[syslog.tls] {}: {why}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|why| wrong(&tls.certificate, &why))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|why| wrong(&tls.key, &why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|why| wrong(&tls.certificate, &why))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|why| wrong(&tls.certificate, &why))?;
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(udp: &str) -> Settings {
        let mut settings = Settings::default();
        settings.syslog.udp.push(udp.parse().unwrap());
        settings
    }

    #[test]
    fn a_taken_port_is_a_sentence() {
        let open = Listeners::open(&settings("127.0.0.1:0")).unwrap();
        let at = open.syslog_udp[0].at;
        assert_ne!(at.port(), 0);
        assert_eq!(open.names(), [format!("syslog udp {at}")]);
        let said = Listeners::open(&settings(&at.to_string())).unwrap_err().to_string();
        assert!(said.contains(&at.to_string()) && said.contains("another program"), "{said}");
        let far = Listeners::open(&settings("192.0.2.1:0")).unwrap_err().to_string();
        assert!(far.contains("no address of this machine"), "{far}");
    }

    #[test]
    fn the_kernel_knows_it_by_a_number() {
        let open = Listeners::open(&settings("127.0.0.1:0")).unwrap();
        let again = open.again().unwrap();
        assert_ne!(open.syslog_udp[0].inode, 0);
        assert_eq!(open.syslog_udp[0].inode, again.syslog_udp[0].inode);
    }
}
