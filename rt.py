import time,os
import django; django.setup()
from incidents.models.direct import run
from django.db import connection
for n in range(3):
    a=time.thread_time(); w=time.perf_counter()
    for _ in range(2000): run("SELECT 1")
    print("roundtrip cpu us",(time.thread_time()-a)/2000*1e6,"wall",(time.perf_counter()-w)/2000*1e6)
link=connection.connection.pgconn
for n in range(2):
    a=time.thread_time(); w=time.perf_counter()
    for _ in range(2000): link.exec_prepared(b"direct_0",None,result_format=1)
    print("bare cpu us",(time.thread_time()-a)/2000*1e6,"wall",(time.perf_counter()-w)/2000*1e6)
